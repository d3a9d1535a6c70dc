"""The blank forms' hidden sheet, which tells what a form is: written by flows/steps/blank.py, passed over by the reader."""

FORM_SHEET = "_表单信息"
KIND_CELL, VERSION_CELL = (0, 1), (1, 1)  # zero-based row and column
