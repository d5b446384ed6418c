/** Pinyon's own pages, as the person that one is here. */

const KEY = "playground-web-as";

/** Where they begin: whoever did not open them last signs in first, and Slack has the right person chosen. */
function address(state) {
  return localStorage.getItem(KEY) === state.me.handle ? state.web_url : `${state.web_url}/slack/signin?next=/`;
}

/** What makes a link lead to them; what was opened last is known by all tabs, as the browser's session is. */
export function toWeb(state) {
  return {
    href: address(state),
    target: "_blank",
    rel: "noopener",
    onclick: (event) => {
      event.currentTarget.href = address(state);
      localStorage.setItem(KEY, state.me.handle);
    },
  };
}
