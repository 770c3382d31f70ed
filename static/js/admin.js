// The back office takes the theme of the system when a page opens; here it follows it afterwards, too.
const system = matchMedia("(prefers-color-scheme: dark)");

system.addEventListener("change", ({ matches }) => {
  const chosen = localStorage.getItem("_x_adminTheme") || '"auto"';
  if (chosen === '"auto"') document.documentElement.classList.toggle("dark", matches);
});
