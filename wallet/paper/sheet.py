"""A sheet of paper: A4 with our margins, type sizes, facts, tables and page numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import segno
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from wallet.paper.typeface import REGULAR, SEMIBOLD, font_file

FAMILY = "Inter"
# Millimetres.
MARGIN, WIDTH = 18, 174
LINE, ROW = 5, 6
SMALL, BODY, HEAD, TITLE = 8, 9, 11, 17
INK, QUIET, HAIR = 0, 90, 170
Align = Literal["L", "R"]


class Sheet(FPDF):
    """Pages with a mark at their head and a number at their foot."""

    def __init__(self, *, title: str, number: str, made_at: datetime) -> None:
        super().__init__(format="A4")
        self.caption = f"{title} {number}"
        self.add_font(FAMILY, "", font_file(REGULAR))
        self.add_font(FAMILY, "B", font_file(SEMIBOLD))
        self.set_margins(MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, margin=22)
        self.set_title(self.caption)
        self.set_creation_date(made_at)
        self.set_creator("Sautikit")
        self.set_lang("en")
        self.add_page()

    def header(self) -> None:
        """Draw the meter and the word; on later pages what the page belongs to."""
        self.set_fill_color(INK)
        for left, top, height in ((0, 2, 3), (2, 0, 7), (4, 1, 5)):
            self.rect(
                MARGIN + left, MARGIN - 4 + top, 1, height, style="F",
                round_corners=True, corner_radius=0.5,
            )  # fmt: skip
        self.set_xy(MARGIN + 7, MARGIN - 4)
        self.write_at(HEAD, "sautikit", bold=True, height=7)
        if self.page_no() > 1:
            self.set_xy(MARGIN, MARGIN - 4)
            self.write_at(SMALL, self.caption, align="R", quiet=True, height=7)
        self.set_xy(MARGIN, MARGIN + 8)

    def footer(self) -> None:
        self.set_y(-15)
        words = _("Page %(page)d of %(pages)s") % {"page": self.page_no(), "pages": "{nb}"}
        self.write_at(SMALL, words, align="R", quiet=True)

    def write_at(
        self,
        size: int,
        text: str,
        *,
        bold: bool = False,
        quiet: bool = False,
        align: Align = "L",
        width: int = 0,
        height: int = LINE,
        stay: bool = False,
    ) -> None:
        """Write one line, then go to the next or, with `stay`, on to its right."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(QUIET if quiet else INK)
        self.cell(
            width, height, text, align=align,
            new_x=XPos.RIGHT if stay else XPos.LMARGIN, new_y=YPos.TOP if stay else YPos.NEXT,
        )  # fmt: skip

    def heading(self, text: str) -> None:
        self.ln(6)
        self.keep_together(ROW * 4)
        self.write_at(HEAD, text, bold=True, height=7)

    def note(self, text: str) -> None:
        """Write a paragraph in small type."""
        self.set_font(FAMILY, "", SMALL)
        self.set_text_color(QUIET)
        self.multi_cell(0, 4, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def columns(self, *blocks: tuple[str, Sequence[str]]) -> None:
        """Set blocks of lines side by side under their captions."""
        top, bottom, width = self.get_y(), self.get_y(), WIDTH // len(blocks)
        for place, (caption, lines) in enumerate(blocks):
            self.set_xy(MARGIN + place * width, top)
            self.set_left_margin(MARGIN + place * width)
            self.write_at(SMALL, caption, quiet=True, width=width)
            for position, line in enumerate(filter(None, lines)):
                self.set_font(FAMILY, "B" if position == 0 else "", BODY)
                self.set_text_color(INK)
                self.multi_cell(
                    width - 4, LINE, line, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
                )
            bottom = max(bottom, self.get_y())
        self.set_left_margin(MARGIN)
        self.set_xy(MARGIN, bottom)

    def rows(
        self,
        heads: Sequence[tuple[str, int, Align]],
        rows: Sequence[Sequence[str]],
        *,
        total: Sequence[str] = (),
    ) -> None:
        """Draw a table with hairlines; its head is drawn again on every page it reaches."""
        self._table_head(heads)
        for row in rows:
            if self.will_page_break(ROW):
                self.add_page()
                self._table_head(heads)
            self._table_row(heads, row)
        if total:
            self.keep_together(ROW)
            self._rule(INK)
            self._table_row(heads, total, bold=True)

    def qr(self, text: str, *, size: int = 26) -> None:
        """Draw a QR code at the left margin."""
        drawn = io.BytesIO()
        segno.make(text, error="m").save(drawn, kind="png", scale=8, border=0)
        self.image(drawn, x=MARGIN, y=self.get_y(), w=size, h=size)
        self.ln(size + 2)

    def keep_together(self, height: int) -> None:
        """Begin a new page when this much no longer fits."""
        if self.will_page_break(height):
            self.add_page()

    def bytes(self) -> bytes:
        return bytes(self.output())

    def _table_head(self, heads: Sequence[tuple[str, int, Align]]) -> None:
        if not any(words for words, _width, _align in heads):
            self._rule(INK)
            return
        for words, width, align in heads:
            self.write_at(SMALL, words, quiet=True, width=width, align=align, height=ROW, stay=True)
        self.ln(ROW)
        self._rule(INK)

    def _table_row(
        self, heads: Sequence[tuple[str, int, Align]], row: Sequence[str], *, bold: bool = False
    ) -> None:
        for (_words, width, align), value in zip(heads, row, strict=True):
            self.write_at(
                BODY, value, bold=bold, width=width, align=align, height=ROW, stay=True
            )  # fmt: skip
        self.ln(ROW)
        self._rule(HAIR)

    def _rule(self, grey: int) -> None:
        self.set_draw_color(grey)
        self.set_line_width(0.2)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())
