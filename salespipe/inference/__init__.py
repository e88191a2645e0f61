"""Fitting: from a pipeline to posterior draws that passed the gate."""
