// <form data-island="passkey" data-options="js_data">: its [data-passkey] button asks the device for a passkey and sends
// the answer in the form's `credential`. Options come from the page, or from the form's own address where there are
// none (signing in). Browsers without passkeys keep the button hidden.
import { say, word } from "../island";

interface Options {
  creation_options?: { publicKey: PublicKeyCredentialCreationOptionsJSON };
  request_options?: { publicKey: PublicKeyCredentialRequestOptionsJSON };
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer | null): string | null {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function known(list: PublicKeyCredentialDescriptorJSON[] | undefined): PublicKeyCredentialDescriptor[] {
  return (list ?? []).map((one) => ({ type: "public-key", id: bytes(one.id) }));
}

async function made(asked: PublicKeyCredentialCreationOptionsJSON): Promise<PublicKeyCredential> {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: known(asked.excludeCredentials),
    // The device keeps the key with the account's name and asks for finger, face or PIN: it replaces the password.
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  } as PublicKeyCredentialCreationOptions;
  return (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
}

async function shown(asked: PublicKeyCredentialRequestOptionsJSON): Promise<PublicKeyCredential> {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: known(asked.allowCredentials),
  } as PublicKeyCredentialRequestOptions;
  return (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
}

function asJson(key: PublicKeyCredential): string {
  const answer = key.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response = answer.attestationObject
    ? { attestationObject: text(answer.attestationObject), transports: answer.getTransports?.() ?? [] }
    : {
        authenticatorData: text(answer.authenticatorData),
        signature: text(answer.signature),
        userHandle: text(answer.userHandle),
      };
  return JSON.stringify({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: { clientDataJSON: text(answer.clientDataJSON), ...response },
    clientExtensionResults: key.getClientExtensionResults(),
  });
}

export function passkey(root: HTMLElement): void {
  const form = root as HTMLFormElement;
  const button = form.querySelector<HTMLButtonElement>("[data-passkey]");
  const field = form.querySelector<HTMLInputElement>("[name=credential]");
  if (!button || !field || !("credentials" in navigator) || !window.PublicKeyCredential) return;
  button.hidden = false;

  const options = async (): Promise<Options> => {
    const kept = document.getElementById(form.dataset["options"] ?? "")?.textContent;
    if (kept) return JSON.parse(kept) as Options;
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as Options;
  };

  button.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true");
    try {
      const asked = await options();
      const key = asked.creation_options
        ? await made(asked.creation_options.publicKey)
        : await shown(asked.request_options!.publicKey);
      field.value = asJson(key);
      form.submit();
    } catch {
      const sentence = word(form, "problem", "Chưa dùng được khóa truy cập. Thử lại, hoặc dùng mật khẩu.");
      const place = form.querySelector<HTMLElement>("[data-said]");
      if (place) place.textContent = sentence;
      say(sentence);
      button.removeAttribute("aria-disabled");
    }
  });
}
