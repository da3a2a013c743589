-- Runs the script of a test as a coroutine: while it waits, Neovim's own loop runs, types what was
-- pressed and talks to language servers, as it does under a person's hands.

-- Seconds that one `wait` may take.
limit = 30

function press(keys)
  vim.api.nvim_input(keys)
end

function wait(what, condition)
  local ends = vim.uv.hrtime() + limit * 1e9
  while true do
    local found = condition()
    if found then return found end
    if vim.uv.hrtime() > ends then error('waited for ' .. what, 2) end
    coroutine.yield()
  end
end

function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n') .. '\n'
end

function floating()
  local lines = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local buffer = vim.api.nvim_win_get_buf(window)
      vim.list_extend(lines, vim.api.nvim_buf_get_lines(buffer, 0, -1, true))
    end
  end
  return table.concat(lines, '\n')
end

local test = coroutine.create(assert(loadfile(vim.env.DOPPIO_TEST_SCRIPT)))

local function go_on()
  local ok, problem = coroutine.resume(test)
  if ok and coroutine.status(test) ~= 'dead' then
    vim.defer_fn(go_on, 5)
    return
  end
  if not ok then
    io.stderr:write('\n', debug.traceback(test, tostring(problem)), '\nthe buffer:\n', text(), floating(), '\n')
  end
  vim.cmd(ok and 'qall!' or 'cquit! 1')
end

vim.api.nvim_create_autocmd('VimEnter', { callback = vim.schedule_wrap(go_on) })
