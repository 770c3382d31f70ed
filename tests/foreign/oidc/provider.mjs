// Starts a certified OpenID provider with one client; arguments: its module, port, redirect address.
const [module, port, redirect] = process.argv.slice(2);
const { default: Provider } = await import(module);

// The name typed at its sign-in form says who comes and whether the address is verified.
function person(name) {
  const [email, verified] = name.split("|");
  return { sub: `sub-${email}`, email, email_verified: verified !== "unverified", name: "From Elsewhere" };
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "sautikit", client_secret: "not-a-secret-at-all", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ ...person(id), sub: id }) }),
});
provider.listen(Number(port), "127.0.0.1");
