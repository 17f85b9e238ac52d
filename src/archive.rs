//! The archive of postmortems: a git repository, written with the meaning of `git commit --only FILE`. It must not know the store or the index.
