"""Chunks, embeddings, the FAISS index and the hybrid retriever over them."""
