//! The search index over the archive (tantivy). Derived: it can be deleted at any moment. It must not know the store or the archive.
