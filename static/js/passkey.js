// Passkeys: the device is asked, its answer goes into the form, the form goes on its way.
// <form data-passkey="make|ask|enter" data-options="id of what is asked" data-failed="sentence">; "enter" fetches what is asked.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function asked({ publicKey }) {
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  for (const one of [...(publicKey.excludeCredentials ?? []), ...(publicKey.allowCredentials ?? [])]) one.id = bytes(one.id);
  return { publicKey };
}

function answered(credential) {
  const response = {};
  for (const part of PARTS) if (credential.response[part]) response[part] = text(credential.response[part]);
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function optionsFor(form) {
  if (form.dataset.passkey !== "enter") return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

async function ask(form) {
  const options = asked((({ creation_options, request_options, publicKey }) => creation_options ?? request_options ?? { publicKey })(await optionsFor(form)));
  if (form.dataset.passkey !== "make") return navigator.credentials.get(options);
  const alone = form.elements.passwordless?.checked ?? false;
  Object.assign((options.publicKey.authenticatorSelection ??= {}), { residentKey: alone ? "required" : "discouraged", requireResidentKey: alone });
  if (alone) options.publicKey.authenticatorSelection.userVerification = "required";
  return navigator.credentials.create(options);
}

function failed(form) {
  const place = form.querySelector("[role=alert]") ?? form.insertAdjacentElement("afterbegin", document.createElement("p"));
  place.className = "errors";
  place.setAttribute("role", "alert");
  place.textContent = form.dataset.failed;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  for (const part of document.querySelectorAll("[data-passkey-needs]")) part.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      form.elements.credential.value = answered(await ask(form));
    } catch {
      failed(form);
      return;
    }
    form.submit();
  });
}
