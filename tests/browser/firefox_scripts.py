"""Scripts that run in Firefox itself, or with its rights, and not as a page's own."""

from typing import Final

NEW_TAB: Final = """
const [userContextId, languages, look, width, height] = arguments;
Services.prefs.setStringPref("intl.accept_languages", languages);
Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", look);
const tab = gBrowser.addTab("about:blank", {
  userContextId, triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
});
gBrowser.selectedTab = tab;
const { style } = tab.linkedBrowser;
for (const [name, value] of [["width", width], ["height", height]])
  for (const limit of ["min-", "max-"]) style.setProperty(limit + name, value && `${value}px`);
"""
HANDED_OVER: Final = """
const [kind, files] = arguments;
const page = window.wrappedJSObject;
const transfer = new page.DataTransfer();
for (const [name, text] of files) {
  const bytes = Cu.cloneInto(Uint8Array.from(atob(text), (each) => each.charCodeAt(0)), page);
  transfer.items.add(new page.File(page.Array.of(bytes), name));
}
const options = Cu.cloneInto({ bubbles: true, cancelable: true }, page);
const [type, property] = kind === "paste" ? ["ClipboardEvent", "clipboardData"]
  : ["DragEvent", "dataTransfer"];
const event = new page[type](kind, options);
const descriptor = new page.Object();
descriptor.value = transfer;
page.Object.defineProperty(event, property, descriptor);
page.document.body.dispatchEvent(event);
"""
COMPLAINTS: Final = """
const found = Services.console.getMessageArray()
  .filter((each) => each instanceof Ci.nsIScriptError && each.sourceName.startsWith("http"))
  .filter(({ flags }) => !(flags & Ci.nsIScriptError.warningFlag))
  .map((each) => `${each.category}: ${each.errorMessage} (${each.sourceName}:${each.lineNumber})`);
Services.console.reset();
return found;
"""
