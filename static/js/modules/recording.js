// The picture of a recording follows its player, and a press on it goes to that place.
function parts(element) {
  const article = element.closest(".recording");
  return { player: article?.querySelector("audio"), wave: article?.querySelector(".recording__wave") };
}

function follow(event) {
  if (!(event.target instanceof HTMLAudioElement)) return;
  const { player, wave } = parts(event.target);
  const head = wave?.querySelector(".recording__head");
  if (!head || !Number.isFinite(player.duration)) return;
  const x = (wave.viewBox.baseVal.width * player.currentTime) / player.duration;
  head.setAttribute("x1", String(x));
  head.setAttribute("x2", String(x));
}

// Media events do not bubble, so they are caught on their way down.
document.addEventListener("timeupdate", follow, true);
document.addEventListener("seeked", follow, true);

document.addEventListener("click", (event) => {
  const pressed = event.target.closest(".recording__wave");
  if (!pressed) return;
  const { player } = parts(pressed);
  if (!player) return;
  const box = pressed.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  const seek = () => { player.currentTime = share * player.duration; };
  if (Number.isFinite(player.duration)) seek();
  else player.addEventListener("loadedmetadata", seek, { once: true });
  player.play().catch(() => {});
});
