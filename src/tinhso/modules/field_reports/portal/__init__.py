"""Pages of the public: filing, following."""
