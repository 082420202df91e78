-- How an object of a golden path, or a managed resource, is, in Argo CD's words. Argo CD runs it with `obj`.
local status = obj.status or {}
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is(kind, value)
  return conditions[kind] ~= nil and conditions[kind].status == value
end

local function words(kind)
  local condition = conditions[kind] or {}
  if condition.message ~= nil and condition.message ~= "" then
    return condition.message
  end
  return condition.reason
end

local function told(problem)
  local remedy = problem.remedy and "; " .. problem.remedy or ""
  return problem.code .. ": " .. problem.message .. remedy
end

if is("Synced", "False") and conditions.Synced.reason == "ReconcilePaused" then
  return {status = "Suspended", message = "reconciling is paused"}
end

-- What is wrong comes before what has been looked at: while a status cannot be written, it stays behind for ever.
for _, problem in ipairs(status.problems or {}) do
  if problem.type == "Error" then
    return {status = "Degraded", message = told(problem)}
  end
end
for _, kind in ipairs({"Synced", "Responsive"}) do
  if is(kind, "False") then
    return {status = "Degraded", message = words(kind) or kind .. " is False"}
  end
end

local generation = obj.metadata.generation
if status.observedGeneration ~= nil and generation ~= nil and status.observedGeneration < generation then
  return {status = "Progressing", message = "generation " .. generation .. " has not been looked at yet"}
end

local phase = status.phase
if phase == "Observing" and status.problems ~= nil and status.problems[1] ~= nil then
  return {status = "Suspended", message = told(status.problems[1])}
end
if phase == "Suspended" or phase == "Stopped" or phase == "Observing" then
  return {status = "Suspended", message = words("Available") or phase}
end
if phase == "Degraded" or phase == "Failed" or phase == "StorageFull" then
  return {status = "Degraded", message = words("Available") or phase}
end
if is("Ready", "True") then
  return {status = "Healthy", message = words("Available") or "ready"}
end
return {status = "Progressing", message = status.progress or words("Ready") or "nothing is known of it yet"}
