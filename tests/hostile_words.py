"""Words that try to run, load or lead somewhere, and a watch over the page that shows them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Page, Request

LEAK = "http://leak.example"
PAYLOADS = (
    "<script>window.ran = 'script'</script>",
    "<img src=x onerror=\"window.ran = 'image'\">",
    "<svg onload=\"window.ran = 'svg'\"><a xlink:href='javascript:window.ran=1'>press</a></svg>",
    f"<iframe src='{LEAK}/frame' srcdoc='<script>parent.ran = 1</script>'></iframe>",
    f"<object data='{LEAK}/object'></object><embed src='{LEAK}/embed'>",
    f"<video src='{LEAK}/video' poster='{LEAK}/poster' autoplay></video>",
    f"<style>@import '{LEAK}/style.css'; p {{ background: url({LEAK}/style.png) }}</style>",
    f"<link rel=stylesheet href='{LEAK}/link.css'><base href='{LEAK}/'>",
    f"<meta http-equiv=refresh content='0;url={LEAK}/refresh'>",
    f"<form action='{LEAK}/form'><button>press</button></form>",
    f"<a href='{LEAK}/anchor' onclick='window.ran = 1'>press</a>",
    "<details open ontoggle=window.ran=1><summary>press</summary></details>",
    f"<div style='background: url({LEAK}/div.png)' onmouseover='window.ran = 1'>press</div>",
    "&lt;script&gt;window.ran = 'entity'&lt;/script&gt;",
    f"![picture]({LEAK}/picture.png)",
    f"[![picture]({LEAK}/inner.png)]({LEAK}/outer)",
    f"![picture][defined]\n\n[defined]: {LEAK}/defined.png",
    f"[press]({LEAK}/link)",
    "[press](javascript:window.ran=1)",
    "[press](data:text/html;base64,PHNjcmlwdD5wYXJlbnQucmFuPTE8L3NjcmlwdD4=)",
    "[press](/settings)",
    f"<{LEAK}/autolink> {LEAK}/bare www.leak.example someone@leak.example",
    "mailto:someone@leak.example HTTPS://LEAK.EXAMPLE (www.leak.example) ftp://leak.example",
    f"`![x]({LEAK}/code.png)`![](y)```z``y```",
    f"`![x]({LEAK}/invisible.png)`\u200b```z``y```",
    f"`![x]({LEAK}/spoken.png) y`",
    f"| a | b |\n|---|---|\n| `a\\\\|![x]({LEAK}/cell.png)` | c |",
    f"999999999. a\n1. ```\n   ![x]({LEAK}/number.png)\n\n   ![x]({LEAK}/item.png)\n   ```",
    f"$a\\$ {LEAK}/dollar b$ and $a\\$ www.leak.example b$",
    f"so $$a$ {LEAK}/double b$$ holds",
    f"$$\na\n\\$$ {LEAK}/block\n$$",
    f"$![x]({LEAK}/formula.png)$ $[press]({LEAK}/formula)$",
    f"$$\n\\text{{if $a$ ![x]({LEAK}/words.png) <b>{LEAK}/words</b>}}\n$$",
    f"- a\n  ````\n  ~~~\n  ````\n- $$\n  \\text{{$a$ ![x]({LEAK}/hidden.png)}}\n  $$\n  `![x](y)`",
    f"$\\href{{{LEAK}/href}}{{x}}$ $\\url{{{LEAK}/url}}$ $\\href{{javascript:window.ran=1}}{{x}}$",
    f"$\\includegraphics{{{LEAK}/graphics.png}}$",
    "$\\htmlData{x=1}{y}$ $\\htmlStyle{background:url(http://leak.example/h.png)}{y}$",
    f'```mermaid\ngraph TD\nA[x] --> B\nclick A href "{LEAK}/mermaid"\n```',
    "```html\n<script>window.ran = 'fence'</script>\n```",
    f":red[x]{{onclick=window.ran=1}} :link[x]{{href={LEAK}/directive}} ::img{{src={LEAK}/i.png}}",
    f":red-background[![x]({LEAK}/coloured.png)] :material/home: :streamlit:",
    f"[^1]\n\n[^1]: ![x]({LEAK}/footnote.png)",
    f"<!-- ![x]({LEAK}/comment.png) --> <![CDATA[<script>window.ran = 1</script>]]>",
)
_PIECES = (
    *(f"![x]({LEAK}/p.png)", "![](y)", f"[x]({LEAK}/p)", "[](#a)", f"{LEAK}/p", "www.leak.example"),
    *(
        f"<{LEAK}/p>",
        "a@leak.example",
        "<img src=x onerror=window.ran=1>",
        "<script>",
        "<!--",
        "-->",
    ),
    *(
        f"`![x]({LEAK}/p.png)`",
        "`a]b`",
        "```z``y```",
        f"`a\\\\|![x]({LEAK}/p.png)`",
        "$a$",
        "$a\\$b$",
    ),
    *(
        f"$a\\$ {LEAK}/p b$",
        f"$$a$ {LEAK}/p b$$",
        f"\n```\n![x]({LEAK}/p.png)\n```\n",
        "\n$$\na\n$$\n",
    ),
    *("`", "``", "```", "~~~", "$", "$$", "\\$", "\\", "\\|", "|", "\n", "\n", "\n\n", "    "),
    *("- ", "> ", "1. ", "\n999999999. ", "# ", "---\n", "\n| a | b |\n|---|---|\n| ", "*", "**"),
    *("~~", "\u200b", "&nbsp;", "&lt;", " ", " ", "a", "word", "1", ":red[", "]", "[r]"),
    "\n[r]: http://b.c\n",
)
# Runs in the page: what is there, or was there for a moment, that could load or lead elsewhere.
_SPY = """
() => {
  if (window.spied) return;
  window.spied = [];
  const bad = "img, image, iframe, object, embed, video, audio, source, script, style, link, "
    + "meta, base, form, area, a[href]:not([href^='#'])";
  const inWords = (node) => node.closest && node.closest("[data-testid=stMarkdownContainer]");
  const look = (node) => {
    if (!node.querySelectorAll || !inWords(node)) return;
    for (const found of [node, ...node.querySelectorAll("*")]) {
      const acts = [...found.attributes].some((each) => each.name.startsWith("on"));
      if (found.matches(bad) || acts) window.spied.push(found.outerHTML.slice(0, 200));
    }
  };
  document.querySelectorAll("[data-testid=stMarkdownContainer]").forEach(look);
  new MutationObserver((changes) => {
    for (const change of changes) {
      change.addedNodes.forEach(look);
      if (change.type === "attributes") look(change.target);
    }
  }).observe(document, { childList: true, subtree: true, attributes: true });
}
"""
_LEADS_AWAY = """
() => [...document.querySelectorAll("a[href], area[href], form[action], [src], object[data]")]
  .map((each) => String(each.href || each.action || each.src || each.data))
  .filter((address) => !address.startsWith(location.origin + "/") && address !== location.origin)
"""


def compositions(seed: int, count: int) -> Iterator[str]:
    """Give texts put together by chance from what Markdown acts on."""
    chance = random.Random(seed)
    for _ in range(count):
        yield "".join(chance.choices(_PIECES, k=chance.randint(2, 14)))


@dataclass
class Watch:
    """A page of the app at `address`, and everything that it did which it should not."""

    page: Page
    address: str
    dialogs: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._on_dialog)
        self.page.on("request", self._on_request)
        self.page.context.route(self._strays, lambda route: route.abort())

    def go(self, path: str) -> None:
        """Open a page of the app and keep an eye on all that is drawn in it."""
        self.page.goto(f"{self.address}/{path}")
        self.page.evaluate(_SPY)
        self.settle()

    def settle(self) -> None:
        """Wait until the page stands still."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(
            "document.querySelector('[data-test-script-state=notRunning]') !== null"
            " && document.querySelector('[data-testid=stSkeleton]') === null"
        )
        self.page.wait_for_timeout(300)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.settle()

    def unfold(self) -> None:
        """Open whatever is folded, and what is folded in it."""
        for _ in range(2):
            self.page.evaluate(
                "document.querySelectorAll('[data-testid=stExpander] details:not([open]) summary')"
                ".forEach((each) => each.click())"
            )
            self.settle()

    def words(self) -> str:
        """Give the words that a reader of the page sees."""
        return self.page.locator("body").inner_text()

    def found(self) -> dict[str, object]:
        """Name what ran, what was asked of another machine, and what could load or lead there."""
        return {
            "ran": self.page.evaluate("window.ran || null"),
            "dialogs": self.dialogs,
            "strayed": self.strayed,
            "drawn": self.page.evaluate("window.spied"),
            "leading away": self.page.evaluate(_LEADS_AWAY),
        }

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _on_request(self, request: Request) -> None:
        if self._strays(request.url):
            self.strayed.append(request.url)

    def _strays(self, url: str) -> bool:
        there, here = urlsplit(url), urlsplit(self.address)
        return there.scheme in {"http", "https", "ws", "wss"} and there.netloc != here.netloc


NOTHING: dict[str, object] = {
    "ran": None,
    "dialogs": [],
    "strayed": [],
    "drawn": [],
    "leading away": [],
}
