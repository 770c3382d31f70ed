curl -X POST https://api.sautikit.com/v1/calls \
  -H "Authorization: Bearer $SAUTIKIT_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "from": "+254200000001",
    "to": "+254712345678",
    "webhook_url": "https://your-app.example.com/webhook"
  }'
