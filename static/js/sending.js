// One file on its way up, with what has arrived of it.

export function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made[key] = value;
  made.append(...inside);
  return made;
}

// done: {status, text, type}, or null where it was stopped; it fails where the line does.
export function send({ address, token, file, accept, onProgress }) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener("load", () => resolve({ status: request.status, text: request.responseText, type: request.getResponseHeader("Content-Type") ?? "" }));
    for (const end of ["error", "timeout"]) request.addEventListener(end, () => reject(new Error("")));
    request.addEventListener("abort", () => resolve(null));
  });
  const data = new FormData();
  data.set("file", file, file.name || "picture.png");
  request.open("POST", address);
  request.setRequestHeader("Accept", accept);
  request.setRequestHeader("X-CSRFToken", token());
  request.send(data);
  return { done, stop: () => request.abort() };
}
