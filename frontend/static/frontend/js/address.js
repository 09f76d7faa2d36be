// @ts-check
/** What the page's address names, `/photos/12` or `/account`, so that Back closes it and a link opens
 * it. */

export const ACCOUNT = "/account";
const PHOTO = /^\/photos\/(\d{1,15})$/;

export class Address {
  /** @param {(imageId: number|null) => void} onChange told when the browser went to another one */
  constructor(onChange) {
    this.onChange = onChange;
  }

  start() {
    window.addEventListener("popstate", this.#moved);
  }

  stop() {
    window.removeEventListener("popstate", this.#moved);
  }

  /** The photo that the address names, or null. */
  get photo() {
    const id = PHOTO.exec(location.pathname)?.[1];
    return id === undefined ? null : Number(id);
  }

  /** Name this photo; one that takes another's place is the same step of the history.
   * @param {number} imageId */
  show(imageId) {
    if (this.photo === imageId) return;
    const address = `/photos/${imageId}${location.search}`;
    if (this.photo === null) history.pushState({ isOpenedHere: true }, "", address);
    else history.replaceState(history.state, "", address);
  }

  /** Name no photo: go back to where it was opened, which a link from elsewhere was not. */
  leave() {
    if (this.photo !== null) leave();
  }

  #moved = () => this.onChange(this.photo);
}

/** Whether the address names the account. */
export const isAccount = () => location.pathname === ACCOUNT;

/** Name the account, as a step of the history. */
export function showAccount() {
  if (!isAccount()) history.pushState({ isOpenedHere: true }, "", ACCOUNT + location.search);
}

/** Name the account no longer. */
export function leaveAccount() {
  if (isAccount()) leave();
}

function leave() {
  if (history.state?.isOpenedHere) history.back();
  else history.replaceState(null, "", `/${location.search}`);
}

/** Take what was looked at out of the address, without a step in the history. */
export const forgetPlace = () => history.replaceState(null, "", "/");
