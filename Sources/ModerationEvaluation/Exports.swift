/// Whoever evaluates a moderator has the metrics with the same import.
@_exported public import EvaluationMetrics
