"""The operational systems of a company that makes robotic hands, simulated."""

from thenar_operations.manifest import Finding, LeakFact, Manifest, Truths, WrittenFile
from thenar_operations.simulation import simulate

__all__ = ["Finding", "LeakFact", "Manifest", "Truths", "WrittenFile", "simulate"]
