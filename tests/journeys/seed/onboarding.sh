curl -s -X POST https://api.sautikit.com/v1/auth/onboarding \
  -H "Content-Type: application/json" \
  -b "sk_session=<your-session-cookie>" \
  -d '{ "name": "Alice Kamau", "workspace_name": "Acme Fintech", "country": "KE", "currency": "KES" }'
