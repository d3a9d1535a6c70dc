"""Bulletins, notices and receipts as Word documents by the office's templates (DESIGN §2)."""

from flows.steps.render.renderer import Renderer

__all__ = ["Renderer"]
