"""The Streamlit pages: they read settings, call and draw; no logic."""
