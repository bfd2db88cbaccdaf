// Whether what the page has asked of the server is done: until the answer comes, Streamlit looks at rest.
(() => {
  const ASKS = { rerun: 11, addresses: 16 }; // fields of Streamlit's BackMsg …
  const TELLS = { begun: 4, ended: 6, addresses: 19 }; // … and of its ForwardMsg
  const PATIENCE_MS = 15_000; // a tick of a block that is gone is never answered
  const heard = new WeakSet();
  let run = "done", addresses = false, sending = 0, since = 0;

  // The numbers of the fields in a message of protobuf.
  function fieldsOf(bytes) {
    const numbers = [];
    let at = 0;
    const varint = () => {
      let value = 0, weight = 1, byte;
      do {
        byte = bytes[at++];
        value += (byte & 127) * weight;
        weight *= 128;
      } while (byte & 128);
      return value;
    };
    while (at < bytes.length) {
      const tag = varint(), value = varint();
      if (tag % 8 === 2) at += value;
      numbers.push(Math.floor(tag / 8));
    }
    return numbers;
  }

  function ask(fields) {
    if (fields.includes(ASKS.rerun)) [run, since] = ["asked", performance.now()];
    if (fields.includes(ASKS.addresses)) [addresses, since] = [true, performance.now()];
  }

  function hear({ data }) {
    if (!(data instanceof ArrayBuffer)) return;
    const fields = fieldsOf(new Uint8Array(data));
    if (run === "asked" && fields.includes(TELLS.begun)) run = "begun";
    if (run === "begun" && fields.includes(TELLS.ended)) run = "done";
    if (fields.includes(TELLS.addresses)) addresses = false;
  }

  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    if (!heard.has(this)) this.addEventListener("message", hear);
    heard.add(this);
    if (data instanceof Uint8Array) ask(fieldsOf(data));
    return send.call(this, data);
  };

  const { send: upload } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (...body) {
    sending += 1;
    this.addEventListener("loadend", () => { sending -= 1; });
    return upload.apply(this, body);
  };

  window.answered = () => !sending && ((run === "done" && !addresses) || performance.now() - since > PATIENCE_MS);
})();
