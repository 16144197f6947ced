import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGGREGATES } from '../../src/functions/aggregates/index.ts'
import { FUNCTION_REFERENCE } from '../../src/functions/reference.ts'
import { REFUSED_FUNCTIONS } from '../../src/functions/scalar/index.ts'

/** The built-in functions of Flink 2.1's documentation that are called by a name: scalar, aggregate, then those of OVER. */
const FLINK = `mod power abs sqrt ln log10 log2 log exp ceil ceiling floor sin sinh cos tan tanh cot asin acos atan atan2 cosh degrees radians sign
round pi e rand rand_integer uuid bin hex unhex truncate char_length character_length upper lower position printf trim ltrim rtrim btrim
repeat regexp_replace overlay startswith endswith substring replace regexp_count regexp_extract regexp_extract_all regexp_instr
regexp_substr translate initcap concat concat_ws lpad rpad from_base64 to_base64 ascii chr decode encode instr left right locate url_decode
url_encode parse_url regexp reverse split_index str_to_map substr json_quote json_unquote elt localtime localtimestamp current_time
current_date current_timestamp now current_row_timestamp extract year quarter month week dayofyear dayofmonth dayofweek hour minute second
overlaps date_format timestampadd timestampdiff convert_tz from_unixtime unix_timestamp to_date to_timestamp_ltz to_timestamp
current_watermark nullif coalesce if ifnull is_alpha is_decimal is_digit greatest least typeof cardinality element array_append
array_contains array_distinct array_position array_prepend array_remove array_reverse array_slice array_sort array_union array_concat
array_except array_intersect array_max array_join array_min map_keys map_union map_values map_entries map_from_arrays split json_exists
json_string json_value json_query json_object json_array row array map group_id grouping grouping_id md5 sha1 sha224 sha256 sha384 sha512
sha2 current_database parse_json try_parse_json
count avg sum max min stddev_pop stddev_samp var_pop var_samp collect variance first_value last_value listagg array_agg percentile
approx_count_distinct json_objectagg json_arrayagg
lead lag rank dense_rank row_number ntile cume_dist percent_rank`

test("each of Flink's functions is there, or refused with a reason", () => {
  const there = new Set(FUNCTION_REFERENCE.flatMap(({ name, aliases }) => [name, ...aliases]))
  const missing = FLINK.split(/\s+/).filter((name) => !there.has(name) && !REFUSED_FUNCTIONS.has(name))
  assert.deepEqual(missing, [])
})

test('a function that claims a name of Flink has it', () => {
  const known = new Set(FLINK.split(/\s+/))
  const claimed = FUNCTION_REFERENCE.filter(({ flinkName }) => flinkName !== null && /^[A-Z_0-9]+$/.test(flinkName))
  assert.deepEqual(
    claimed.map(({ flinkName }) => flinkName!.toLowerCase()).filter((name) => !known.has(name)),
    [],
  )
})

test('aggregates are found by their aliases', () => {
  assert.equal(AGGREGATES.get('variance'), AGGREGATES.get('var_samp'))
  assert.equal(AGGREGATES.get('stddev'), AGGREGATES.get('stddev_samp'))
})
