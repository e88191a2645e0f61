"""The Excel way in and out; the only package that knows of sheets and cells."""
