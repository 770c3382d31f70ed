app.post("/webhooks/sautikit", (req, res) => {
  const { event, data } = req.body;
  if (event === "call.completed") {
    console.log(`call ${data.call_id} ended: ${data.status}`);
    // persist the outcome, reconcile the wallet charge, etc.
  }
  res.sendStatus(200); // ack fast so retries don't pile up
});
