"""From posterior draws to revenue: simulated paths of deals, and their totals draw by draw."""
