"""The models: each file holds its priors, its maths, and one builder of a PyMC model."""
