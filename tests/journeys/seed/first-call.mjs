const res = await fetch("https://api.sautikit.com/v1/calls", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.SAUTIKIT_API_KEY}`,
    "Content-Type": "application/json",
    "Idempotency-Key": crypto.randomUUID(),
  },
  body: JSON.stringify({
    from: "+254200000000", // your claimed number
    to: ["+254700000000"], // who to call
  }),
});
const call = await res.json();
// 202 { call_id, pbx_session_id: "HD_...", status: "ringing", stream_url }
console.log(JSON.stringify({ status: res.status, body: call }));
