-- Row policies come before what a query asks, unless a function is known to tell nothing about the rows it is shown
-- (LEAKPROOF). These do not: their errors name types and frames, never a place. Without it no index on places is used
-- beside a policy. Only an administrator may say so: the private database does, elsewhere `geo db migrate` prints this.
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
ALTER FUNCTION st_intersects(geometry, geometry) LEAKPROOF;
ALTER FUNCTION st_dwithin(geometry, geometry, double precision) LEAKPROOF;
