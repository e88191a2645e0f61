"""Maps of the exports of well-known CRMs, one TOML file each."""
