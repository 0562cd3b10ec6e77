//! Typed ids, civil periods, clock, citations, actor and scope, stable error codes.
