/** Ids → names, from the state of the playground. */

export function namesFrom(state) {
  const channels = new Map([...state.channels, ...state.dms].map((channel) => [channel.id, channel]));
  const option = (value, text) => ({ value, text: { type: "plain_text", text, emoji: false } });
  return {
    me: state.me.id,
    user: (id) => state.users[id]?.name ?? null,
    handle: (id) => state.users[id]?.handle ?? null,
    channel: (id) => channels.get(id)?.name ?? null,
    allUsers: () => Object.values(state.users).map((user) => option(user.id, user.name)),
    allChannels: () => state.channels.map((channel) => option(channel.id, `#${channel.name}`)),
  };
}

/** Names for a page without a playground behind it: every id stands for itself. */
export const noNames = {
  me: null,
  user: () => null,
  handle: () => null,
  channel: () => null,
  allUsers: () => [],
  allChannels: () => [],
};
