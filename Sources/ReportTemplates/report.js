(() => {
  const root = document.documentElement;
  const quotes = () => document.querySelectorAll(".quote");
  const show = (quote, shown) => {
    quote.classList.toggle("shown", shown);
    quote.setAttribute("aria-pressed", String(shown));
  };
  document.addEventListener("click", (event) => {
    const quote = event.target.closest(".quote");
    if (quote) show(quote, !quote.classList.contains("shown"));
    if (event.target.closest("#reveal")) {
      const shown = ![...quotes()].every((one) => one.classList.contains("shown"));
      quotes().forEach((one) => show(one, shown));
    }
    if (event.target.closest("#theme")) {
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
    }
    if (event.target.closest("#unfold")) {
      const all = [...document.querySelectorAll("details")];
      const open = !all.every((one) => one.open);
      all.forEach((one) => { one.open = open; });
    }
  });
  const follow = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", follow);
  follow();
})();
