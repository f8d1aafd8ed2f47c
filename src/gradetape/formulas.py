"""Formulas of learners: which may be typeset, and their MathML.

TeX can define macros that double themselves, set styles, classes and links, load extensions and move what it
draws over other text. So a formula is typeset only if all that it names is on the list below; others are shown as
their source. Pure; the converter is imported when the first formula is drawn.
"""

from __future__ import annotations

import re
from html import escape

__all__ = ["ENVIRONMENTS", "LONGEST", "MACROS", "is_typeset", "mathml"]

LONGEST = 4_000
"""Characters of one formula."""

_DEEPEST = 40
"""Braces and environments within each other."""

MACROS = frozenset(
    str.split("""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi omicron pi
    varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon
    Phi Psi Omega aleph beth hbar hslash imath jmath ell wp Re Im partial infty nabla prime emptyset varnothing
    forall exists nexists neg lnot top bot angle triangle square blacksquare Box diamond Diamond clubsuit spadesuit
    heartsuit diamondsuit flat natural sharp surd degree dagger ddagger checkmark star bigstar
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup ln log
    max min Pr projlim sec sin sinh sup tan tanh operatorname argmax argmin bmod pmod mod
    sum prod coprod int iint iiint oint bigcap bigcup bigvee bigwedge bigoplus bigotimes bigodot biguplus bigsqcup
    limits nolimits displaystyle textstyle scriptstyle scriptscriptstyle
    frac dfrac tfrac cfrac binom dbinom tbinom sqrt root over choose atop stackrel overset underset substack
    hat widehat check tilde widetilde acute grave dot ddot breve bar vec mathring overline underline overbrace
    underbrace overrightarrow overleftarrow boxed boldsymbol bm cancel not
    left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm
    lbrace rbrace lbrack rbrack langle rangle lvert rvert lVert rVert vert Vert lfloor rfloor lceil rceil ulcorner
    urcorner llcorner lrcorner backslash
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal rm bf it cal text textbf textit textrm
    textsf texttt textnormal mbox hbox
    quad qquad thinspace enspace
    pm mp times div cdot ast circ bullet cap cup uplus sqcap sqcup vee lor wedge land setminus wr oplus ominus otimes
    oslash odot amalg bigcirc bigtriangleup bigtriangledown triangleleft triangleright ltimes rtimes
    le leq ge geq ne neq lt gt ll gg equiv sim simeq approx approxeq cong propto doteq asymp prec succ preceq succeq
    subset supset subseteq supseteq subsetneq supsetneq sqsubset sqsupset sqsubseteq sqsupseteq in ni notin owns
    perp parallel nparallel mid nmid vdash dashv models bowtie smile frown leqslant geqslant lesssim gtrsim nless ngtr
    nleq ngeq triangleq coloneqq because therefore
    to gets leftarrow rightarrow uparrow downarrow leftrightarrow updownarrow Leftarrow Rightarrow Uparrow Downarrow
    Leftrightarrow mapsto longmapsto longleftarrow longrightarrow Longleftarrow Longrightarrow longleftrightarrow
    Longleftrightarrow iff implies impliedby hookleftarrow hookrightarrow leftharpoonup leftharpoondown rightharpoonup
    rightharpoondown rightleftharpoons nearrow searrow swarrow nwarrow leadsto rightsquigarrow xrightarrow xleftarrow
    ldots cdots vdots ddots dots dotsc dotsb dotsm colon
    begin end hline nonumber notag
    """)
)
"""Names that draw a sign or put signs beside each other. None defines, links, colours, moves, sizes or loads."""

ENVIRONMENTS = frozenset(
    f"{name}{star}"
    for star in ("", "*")
    for name in ("align", "aligned", "array", "bmatrix", "Bmatrix", "cases", "equation", "gather", "gathered", "matrix",
                 "multline", "pmatrix", "smallmatrix", "split", "vmatrix", "Vmatrix")
)  # fmt: skip

_NAME = re.compile(r"\\(?:([A-Za-z]+)|(.)|\Z)", re.DOTALL)
_SIGNS = frozenset("\\,;:!>{}|_%$&# ()[]\n")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)(?!\s*\{([A-Za-z]+\*?)\})|\\(?:begin|end)\s*\{([A-Za-z]+\*?)\}")
_MARKUP_IN_WORDS = re.compile(r"\\(?:text[a-z]*|mbox|hbox)\s*\{[^}]*[<&]")
"""The converter does not escape these."""

_ROW_SPACING = re.compile(
    r"\\\\\s*\*?\s*\[(?!\s*(?:[1-3]?\d(?:\.\d{1,2})?\s*(?:pt|px)|\d(?:\.\d{1,2})?\s*(?:ex|mm))\s*\])"
)
"""Space between rows that is not some millimetres."""

_MOST_BACK = 40
"""Negative spaces of one text: each moves what follows a sixth of an em to the left."""


def is_typeset(text: str) -> bool:
    """Say whether what may be formulas, with or without words around them, names only what is on the lists."""
    for name, sign in _NAME.findall(text):
        if (name not in MACROS) if name else (sign not in _SIGNS):
            return False
    if any(name not in ENVIRONMENTS for _, name in _ENVIRONMENT.findall(text)) or _ROW_SPACING.search(text):
        return False
    if text.count("\\!") > _MOST_BACK:
        return False
    depth = 0
    for found in re.finditer(r"[{}]|\\left|\\right|\\begin|\\end|\\.", text):
        depth += {"{": 1, "}": -1, "\\left": 1, "\\right": -1, "\\begin": 1, "\\end": -1}.get(found[0], 0)
        if depth > _DEEPEST:
            return False
    return True


def mathml(body: str, display: str) -> str:
    """Return a formula as MathML, or as its source when it cannot or may not be drawn.

    Args:
        body: TeX, without its dollars.
        display: 'block' or 'inline'.
    """
    from latex2mathml.converter import convert

    if len(body) <= LONGEST and is_typeset(body) and not _MARKUP_IN_WORDS.search(body):
        try:
            return str(convert(body, display=display))
        except Exception:  # noqa: BLE001 - whatever the library says of a learner's formula
            return f"<code>{escape(body)}</code>"
    return f"<code>{escape(body)}</code>"
