"""The mesh at run time: the only package of the library that joins the core to the world."""

from meshwright.mesh.face import Mesh

__all__ = ["Mesh"]
