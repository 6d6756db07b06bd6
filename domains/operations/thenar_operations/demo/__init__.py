"""`mesh demo`: the company's systems simulated, its products built, and what the mesh makes of them."""

from thenar_operations.demo.command import app as app
