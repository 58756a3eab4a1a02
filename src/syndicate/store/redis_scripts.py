"""What the Redis server does in one step: Lua, run there by `syndicate.store.redis`."""

_PUT = """
local function place(prefix, keys, i)
  -- Where key i stands, of keys of eight bytes each: its hash, by 20 bits, and the field there.
  local a, b, c = string.byte(keys, 8 * i - 7, 8 * i - 5)
  local name = string.format('k:%05x', a * 4096 + b * 16 + math.floor(c / 16))
  return prefix .. name, string.sub(keys, 8 * i - 5, 8 * i)
end
local function put(prefix, newest, at)
  -- ARGV from at on: id, record, at, cluster, keys
  local doc = redis.call('INCR', prefix .. 'n')
  local packed = struct.pack('<I4', doc)
  redis.call('HSET', prefix .. 'i', ARGV[at], doc)
  redis.call('SET', prefix .. 'r:' .. doc, ARGV[at + 1])
  redis.call('SET', prefix .. 'p:' .. doc, ARGV[at + 4])
  redis.call('ZADD', prefix .. 'at', ARGV[at + 2], doc)
  if ARGV[at + 3] ~= '0' then redis.call('ZADD', prefix .. 'c:' .. ARGV[at + 3], doc, doc) end
  for i = 1, #ARGV[at + 4] / 8 do
    local key, field = place(prefix, ARGV[at + 4], i)
    local held = (redis.call('HGET', key, field) or '') .. packed
    if #held > 4 * newest then held = string.sub(held, -4 * newest) end
    redis.call('HSET', key, field, held)
  end
  return at + 5
end
"""
LOOK = (
    _PUT
    + """
-- ARGV: prefix, newest, rare, shared, most; then as `put` takes it, an empty record to put none.
local prefix, newest, rare = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local shared, most, at = tonumber(ARGV[4]), tonumber(ARGV[5]), 6
local known = redis.call('GET', prefix .. 'n') or '0'
local number = redis.call('HGET', prefix .. 'i', ARGV[at]) or '0'
local postings, records, score, alike, likes = {}, {}, {}, {}, {}
for i = 1, #ARGV[at + 4] / 8 do
  local held = redis.call('HGET', place(prefix, ARGV[at + 4], i))
  if held and (i <= rare or #held < 4 * newest) then
    postings[#postings + 1] = i - 1
    postings[#postings + 1] = held
    for j = 1, #held, 4 do
      local doc = struct.unpack('<I4', held, j)
      score[doc] = (score[doc] or 0) + 1
      if not likes[doc] and (i <= rare or score[doc] >= shared) then
        likes[doc] = true
        alike[#alike + 1] = doc
      end
    end
  end
end
if #alike == 0 and number == '0' and ARGV[at + 1] ~= '' then
  put(prefix, newest, at)
  return {known, number, 1, postings, records}
end
table.sort(alike, function(a, b)
  if score[a] ~= score[b] then return score[a] > score[b] end
  return a < b
end)
local sent = {}
local function send(doc)
  if sent[doc] then return end
  sent[doc] = true
  local record = redis.call('GET', prefix .. 'r:' .. doc)
  if record then
    records[#records + 1] = doc
    records[#records + 1] = record
  end
  return record
end
for i = 1, math.min(#alike, most) do
  local record = send(alike[i])
  local cluster = record and select(2, struct.unpack('<di8', record)) or 0
  if cluster > 0 then send(cluster) end
end
return {known, number, 0, postings, records}
"""
)
_REMOVE = """
local function without(held, packed)
  -- A posting list but for one document.
  for i = 1, #held, 4 do
    if string.sub(held, i, i + 3) == packed then
      return string.sub(held, 1, i - 1) .. string.sub(held, i + 4)
    end
  end
  return held
end
local function remove(prefix, doc, id, cluster)
  local packed, keys = struct.pack('<I4', doc), redis.call('GET', prefix .. 'p:' .. doc) or ''
  for i = 1, #keys / 8 do
    local key, field = place(prefix, keys, i)
    local held = without(redis.call('HGET', key, field) or '', packed)
    if held == '' then redis.call('HDEL', key, field) else redis.call('HSET', key, field, held) end
  end
  redis.call('HDEL', prefix .. 'i', id)
  redis.call('DEL', prefix .. 'r:' .. doc, prefix .. 'p:' .. doc)
  redis.call('ZREM', prefix .. 'at', doc)
  if cluster ~= '0' then redis.call('ZREM', prefix .. 'c:' .. cluster, doc) end
end
"""
COMMIT = (
    _PUT
    + _REMOVE
    + """
-- ARGV: prefix, the counter when the change was read, newest; the removed documents as count,
-- (number, id, cluster, before)..., which stay if others removed or renewed them; those with
-- another time as count, (number, id, at, packed at)...; the records as (id, record, at, cluster,
-- keys)...
local prefix, known, newest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local current = tonumber(redis.call('GET', prefix .. 'n') or '0')
local at = 5
local gone = {}
for i = 1, tonumber(ARGV[4]) do
  local known = redis.call('HGET', prefix .. 'i', ARGV[at + 1]) == ARGV[at]
  local time = known and tonumber(redis.call('ZSCORE', prefix .. 'at', ARGV[at]))
  gone[ARGV[at + 1]] = known and time < tonumber(ARGV[at + 3])
  at = at + 4
end
local stamped = at
at = at + 1
for i = 1, tonumber(ARGV[stamped]) do
  if redis.call('HGET', prefix .. 'i', ARGV[at + 1]) ~= ARGV[at] then return -1 end
  at = at + 4
end
local first = at
while at <= #ARGV do
  local held = redis.call('HEXISTS', prefix .. 'i', ARGV[at]) == 1
  if held and not gone[ARGV[at]] then return -1 end
  if current > known then
    for i = 1, #ARGV[at + 4] / 8 do
      local held = redis.call('HGET', place(prefix, ARGV[at + 4], i))
      if held and struct.unpack('<I4', held, #held - 3) > known then return -1 end
    end
  end
  at = at + 5
end
at = 5
for i = 1, tonumber(ARGV[4]) do
  if gone[ARGV[at + 1]] then remove(prefix, ARGV[at], ARGV[at + 1], ARGV[at + 2]) end
  at = at + 4
end
at = stamped + 1
while at < first do
  redis.call('ZADD', prefix .. 'at', ARGV[at + 2], ARGV[at])
  redis.call('SETRANGE', prefix .. 'r:' .. ARGV[at], 0, ARGV[at + 3])
  at = at + 4
end
at = first
while at <= #ARGV do at = put(prefix, newest, at) end
return 0
"""
)
