"""What a SELECT for PostgreSQL may be made of. A list of what is allowed: whatever a new version adds is refused."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EXPRESSIONS = _words(
    "A_ArrayExpr A_Const A_Expr A_Indices BoolExpr BooleanTest CaseExpr CaseWhen CoalesceExpr FuncCall GroupingFunc"
    " GroupingSet MinMaxExpr NamedArgExpr NullTest RowExpr SortBy TypeCast WindowDef"
)
"""Nodes of expressions that need no look beyond their parts; the others are looked at one by one."""
LEAVES = _words("Boolean Float Integer String")
OPERATORS = _words("= <> != < > <= >= + - * / % ^ || ~ ~* !~ !~* ~~ !~~ ~~* !~~* @> <@ && -> ->> #> #>> ? ?| ?&") | {
    *("BETWEEN", "NOT BETWEEN", "BETWEEN SYMMETRIC", "NOT BETWEEN SYMMETRIC")
}
TYPES = _words(
    "bool boolean bpchar char character date decimal double float float4 float8 int int2 int4 int8 integer interval"
    " json jsonb numeric real text time timestamp timestamptz timetz uuid varchar"
)
AGGREGATES = (
    "array_agg avg bit_and bit_or bool_and bool_or corr count covar_pop covar_samp every json_agg json_object_agg"
    " jsonb_agg jsonb_object_agg max min mode percentile_cont percentile_disc regr_intercept regr_r2 regr_slope stddev"
    " stddev_pop stddev_samp string_agg sum var_pop var_samp variance any_value grouping"
)
WINDOWS = "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number"
NUMBERS = (
    "abs ceil ceiling div exp floor greatest least ln log log10 mod power pow round sign trunc width_bucket"
    " min_scale scale trim_scale"
)
TEXTS = (
    "ascii btrim char_length character_length concat concat_ws initcap left length like_escape lower ltrim md5"
    " octet_length overlay position regexp_count regexp_like regexp_match regexp_replace regexp_substr replace reverse"
    " right rtrim similar_to_escape split_part starts_with strpos substr substring translate trim upper unistr"
)
TIMES = (
    "age clock_timestamp date_bin date_part date_trunc extract isfinite justify_days justify_hours justify_interval"
    " make_date make_interval make_time make_timestamp now statement_timestamp timezone to_char to_date to_number"
    " to_timestamp transaction_timestamp"
)
OTHERS = (
    "array_length array_position array_to_string cardinality coalesce json_build_array json_build_object"
    " json_extract_path_text json_typeof jsonb_build_object jsonb_extract_path_text jsonb_typeof jsonb_array_length"
    " json_array_length nullif num_nonnulls num_nulls string_to_array to_json to_jsonb"
)
FUNCTIONS = _words(f"{AGGREGATES} {WINDOWS} {NUMBERS} {TEXTS} {TIMES} {OTHERS}")
"""None that writes, waits, reads files, settings or other tables, or makes much of little, as `repeat` does."""
SETS = _words("generate_series jsonb_array_elements jsonb_array_elements_text unnest")
"""Functions that stand in FROM."""
MOMENTS = _words(
    "SVFOP_CURRENT_DATE SVFOP_CURRENT_TIME SVFOP_CURRENT_TIME_N SVFOP_CURRENT_TIMESTAMP SVFOP_CURRENT_TIMESTAMP_N"
    " SVFOP_LOCALTIME SVFOP_LOCALTIME_N SVFOP_LOCALTIMESTAMP SVFOP_LOCALTIMESTAMP_N"
)
"""Of the values that look like words, those that tell the time, and not who we are."""
