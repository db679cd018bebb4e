// Runs right after htmx, in the same file: gives it the one Trusted Types
// policy that the Content-Security-Policy allows. What htmx turns into nodes
// comes from our own server, escaped by templ. Code in attributes (hx-on, js:)
// is refused here as well as by the policy.
(() => {
  const html = (s) => s;
  const policy = self.trustedTypes?.createPolicy('quittance', { createHTML: html }) ?? { createHTML: html };
  const refuse = function () { throw new Error('no code in attributes'); };
  // A push brings what the server knows. Which fold is open and which button waits for its phrase is known on this side only.
  // And who approves, approves the manifest that they opened: with a newer one the approval lapses, and the page says so.
  const ours = (el, name) => (name === 'open' && el.matches('details')) || (name === 'disabled' && el.matches('button')) ||
    (name === 'value' && el.matches('input[name=hash]'));
  htmx.registerExtension('quittance', {
    init: (api) => api.initSecurity(policy, refuse, refuse),
    htmx_before_morph_attr: (el, { attrName }) => !ours(el, attrName),
  });
})();
