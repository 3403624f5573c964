"""The engine on Ray: blocks of machines in processes of their own, on one host or several."""

from logdepth.mpc.ray.cluster import RayCluster, run_on_ray
from logdepth.mpc.ray.connection import connect

__all__ = ["RayCluster", "connect", "run_on_ray"]
