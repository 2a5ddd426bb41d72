"""Jobs: work that no request waits for. The row is the truth; the queue only wakes a worker."""
