-- What each connection sets for itself, after journal_mode = WAL.

-- Never waits for the disk but at a checkpoint. A power cut may take the last saves, whole ones: that is as if they had
-- never been. None can be ahead of the journal, since a party is saved only after its entries are durable there.
PRAGMA synchronous = NORMAL;

-- A large merge leaves a long log; then it shrinks to this many bytes again.
PRAGMA journal_size_limit = 67108864;
