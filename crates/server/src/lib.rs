//! Pages, API and the command line: binary tanheng.
