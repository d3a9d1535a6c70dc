"""Excel templates: filled in cell by cell, rows repeated, everything else as the office made it."""
