curl https://api.sautikit.com/v1/numbers/available \
  -H "Authorization: Bearer $SAUTIKIT_API_KEY"
