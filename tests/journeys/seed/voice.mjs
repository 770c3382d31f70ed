import express from "express";
const app = express();
app.use(express.urlencoded({ extended: false }));
app.post("/voice", (req, res) => {
  res.json({
    actions: [
      {
        say: {
          text: "Hi from Sautikit. Press 1 for sales, or 2 for support.",
          language: "en-KE",
        },
      },
      {
        getDigits: {
          numDigits: 1,
          timeout: 8,
          finishOnKey: "#",
          action: "/voice/handle-choice",
        },
      },
    ],
  });
});
app.post("/voice/handle-choice", (req, res) => {
  const choice = req.body.Digits;
  if (choice === "1") {
    return res.json({
      actions: [{ say: { text: "Connecting you to sales.", language: "en-KE" } }],
    });
  }
  res.json({
    actions: [{ say: { text: "Connecting you to support.", language: "en-KE" } }],
  });
});
app.listen(3000, () => console.log("voice callback on :3000"));
