// A passkey: the form waits for what the browser's own dialogue answers, then goes its way.
const form = document.querySelector("[data-passkey]");
const options = JSON.parse(document.getElementById("passkey-options").textContent).publicKey;

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

function toText(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const readable = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

function wanted() {
  const ready = { ...options, challenge: toBytes(options.challenge) };
  if (form.dataset.passkey === "get") return { ...ready, allowCredentials: readable(options.allowCredentials) };
  const user = { ...options.user, id: toBytes(options.user.id) };
  return { ...ready, user, excludeCredentials: readable(options.excludeCredentials) };
}

function told(credential) {
  const { response } = credential;
  const said = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = toText(response[name]);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  };
}

function show(name) {
  const text = form.querySelector(`[data-passkey-${name}]`) || form.querySelector("[data-passkey-problem]");
  text.hidden = false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.querySelectorAll("[role=alert]").forEach((text) => { text.hidden = true; });
  if (!window.PublicKeyCredential) {
    show("missing");
    return;
  }
  try {
    const how = { publicKey: wanted() };
    const found = await navigator.credentials[form.dataset.passkey](how);
    form.elements.credential.value = JSON.stringify(told(found));
    form.submit();
  } catch (problem) {
    show(problem.name === "SecurityError" ? "missing" : "problem");
  }
});
