//! Neovim 0.10, typed into.

use std::fs;

use testkit::{Program, Scripted};

use crate::world::{CANARY, LIMIT, World, set_up};

mod running;

/// What the scripts share. `offered` is what code actions were offered last.
const TOOLS: &str = r#"
vim.lsp.set_log_level('trace')

function open(file)
  vim.cmd.edit(file)
  wait('the server', function()
    local client = vim.lsp.get_clients({ bufnr = 0 })[1]
    return client and client.initialized
  end)
end

function mistakes(code)
  return vim.tbl_filter(function(found) return found.code == code end, vim.diagnostic.get(0))
end

-- Asks for completions until the first one starts like that: the server does not wait for the
-- keychain, and Neovim drops an answer that comes at a bad moment.
function complete(word)
  local found
  repeat
    press('<C-x><C-o>')
    local patience = vim.uv.hrtime() + 1e9
    wait('an answer', function() return vim.fn.pumvisible() == 1 or vim.uv.hrtime() > patience end)
    local first = vim.fn.complete_info({ 'items' }).items[1]
    found = first and vim.startswith(first.word, word)
    press(found and '<C-y>' or '<C-e>')
    wait('the menu to be gone', function() return vim.fn.pumvisible() == 0 end)
  until found
end

-- How the last run ended, once.
local ending
vim.api.nvim_create_autocmd('LspProgress', {
  pattern = 'end',
  callback = function(event) ending = vim.inspect(event.data) end,
})

function ended()
  local found = ending
  ending = nil
  return found
end

-- Presses the README's key for code actions and takes the one that is called so.
function act(title)
  offered = nil
  vim.ui.select = function(items, options, choose)
    offered = vim.tbl_map(options.format_item or tostring, items)
    for index, item in ipairs(items) do
      if vim.startswith(offered[index], title) then return choose(item, index) end
    end
    error(title .. ' is not among ' .. vim.inspect(offered))
  end
  press('gra')
  wait('code actions', function() return offered end)
end
"#;

const INSTALL: &str = r#"[recipe]
name = "train"

[[step]]
id = "install"
ssh_command = { host_id = "gpu-1", command = "true" }
"#;

fn neovim(world: &World) -> Scripted<'_> {
    let set_up = set_up("Neovim", "lua");
    world.editor(Program::Neovim, &format!("{set_up}\n{TOOLS}"))
}

/// All that went between Neovim and the server.
fn traffic(world: &World) -> String {
    let log = world.home().join(".local/state/nvim/lsp.log");
    fs::read_to_string(log).expect("Neovim keeps a log of the protocol")
}

#[test]
fn a_mistake_is_underlined_while_it_is_typed_and_fixed_by_an_action() {
    let world = World::new();
    world.write("train.toml", INSTALL);
    let script = r#"
        open('train.toml')
        press('Go<CR>[[step]]<CR>id = "train"<CR>ssh_command = { host_id = "gpu-1", command = "true" }<CR>')
        press('depends_on = ["instal"]')
        local found = wait('the mistake', function() return mistakes('unknown-step')[1] end)
        assert(vim.fn.mode() == 'i', 'it is seen before typing ends')
        print(found.message)
        press('<Esc>F"')
        act('Change to')
        wait('the fix', function() return text():find('depends_on = ["install"]', 1, true) end)
        wait('peace', function() return #vim.diagnostic.get(0) == 0 end)"#;
    let printed = neovim(&world).run(script, LIMIT);
    assert!(printed.contains("install"), "{printed}");
}

#[test]
fn a_recipe_is_written_in_another_way_by_actions() {
    let world = World::new();
    let recipe = "[recipe]\nname = \"train\"\n\n[[step]]\nid = \"train\"\ndepends_on = [\"get\"]\nssh_command = { command = \"train --epochs 30\" }\n\n[[step]]\nid = \"get\"\nsleep = { duration_secs = 1 }\n";
    world.write("train.toml", recipe);
    let script = r#"
        open('train.toml')
        press('/30<CR>ve')
        act("Extract into variable 'epochs'")
        wait('the variable', function() return text():find('[variables]\nepochs = "30"\n\n[[step]]', 1, true) end)
        wait('the reference', function() return text():find('--epochs ${epochs}"', 1, true) end)
        press('<Esc>/^ssh<CR>')
        act("Turn 'ssh_command' into")
        wait('the table', function() return text():find('\n\n[step.ssh_command]\ncommand = "train', 1, true) end)
        press('/^\\[step<CR>')
        act('Turn [step.ssh_command] into')
        wait('the key', function() return text():find('\nssh_command = { command =', 1, true) end)
        act('Sort steps')
        wait('the order', function() return text():find('id = "get".*id = "train"') end)
        press('/^epochs<CR>')
        act("Inline variable 'epochs'")
        wait('the value', function() return text():find('--epochs 30"', 1, true) end)
        press('/^id<CR>Vjjjjj')
        act('Wrap 2 steps into a group')
        wait('the group', function() return text():find('group = { steps = ["get", "train"], mode = "parallel" }', 1, true) end)
        assert(#vim.diagnostic.get(0, { severity = 'ERROR' }) == 0)
        print(text())"#;
    let printed = neovim(&world).run(script, LIMIT);
    assert!(printed.contains("id = \"group\""), "{printed}");
}

#[test]
fn a_stored_secret_is_completed_and_explained_without_its_value() {
    let world = World::new();
    world.write("train.toml", INSTALL);
    let script = r#"
        open('train.toml')
        press('Go<CR>[[step]]<CR>id = "train"<CR>ssh_command = { host_id = "gpu-1", command = "echo ${secret:')
        complete('demo/token')
        wait('the name', function() return text():find('${secret:demo/token', 1, true) end)
        press('<Esc>')
        wait('the end of typing', function() return vim.fn.mode() == 'n' end)
        press('F/K')
        local shown = wait('the hover', function() return floating():find('demo/token', 1, true) and floating() end)
        print(shown)"#;
    let printed = neovim(&world).run(script, LIMIT);
    assert!(printed.contains("demo/token"), "{printed}");
    assert!(!printed.contains(CANARY));
    assert!(!traffic(&world).contains(CANARY));
}

#[test]
fn only_recipes_are_attached_to() {
    let world = World::new();
    for (name, text) in crate::world::TOML_FILES {
        world.write(name, text);
    }
    let script = r#"
        local recipes = { 'recipes/a.toml', '.doppio/b.toml', 'c.recipe.toml', 'd.toml', 'e.toml' }
        function attached(name) return #vim.lsp.get_clients({ bufnr = vim.fn.bufnr(name) }) end
        vim.cmd.edit('Cargo.toml')
        for _, name in ipairs(recipes) do
          vim.cmd.edit(name)
          wait('the server at ' .. name, function() return attached(name) == 1 end)
          assert(vim.bo.filetype == 'toml.recipe')
        end
        assert(attached('Cargo.toml') == 0)"#;
    neovim(&world).run(script, LIMIT);
}

/// The line of `docs/editors.md` that asks for it.
#[test]
fn the_text_is_told_as_the_server_has_it() {
    let world = World::new();
    world.write("a.recipe.toml", INSTALL);
    let page = include_str!("../../docs/editors.md");
    let line = page.lines().find(|it| it.contains("\"doppio/text\""));
    let line = line.expect("the page says how to ask");
    let script = format!(
        "open('a.recipe.toml')\npress('Go# ä😀<Esc>')\nwait('the line', function() return text():find('😀') end)\n{line}"
    );
    let printed = neovim(&world).run(&script, LIMIT);
    assert!(printed.contains("\\n# ä😀\\n"), "{printed}");
}

#[test]
fn meanings_are_coloured() {
    let world = World::new();
    let recipe = LINKED.replace(
        "\"true\"",
        "\"\"\"\n# the home 😀\nls -l ${token} | wc\n\"\"\"",
    );
    world.write("train.recipe.toml", &recipe);
    let script = r#"
        open('train.recipe.toml')
        local function at(pattern)
          local line = vim.fn.search(pattern, 'w') - 1
          local column = vim.fn.getpos('.')[3] - 1
          local found = {}
          for _, token in ipairs(vim.lsp.semantic_tokens.get_at_pos(0, line, column) or {}) do
            table.insert(found, token.type)
            for modifier in pairs(token.modifiers) do table.insert(found, modifier) end
          end
          return table.concat(found, ' ')
        end
        wait('the colours', function() return at('# the home') == 'comment' end)
        for pattern, expected in pairs({
          ['ssh_command'] = 'keyword',
          ['id = "\\zsinstall'] = 'function declaration',
          ['ls -l'] = 'function',
          ['-l \\$'] = 'parameter',
          ['{\\zstoken}'] = 'variable',
          ['| wc'] = 'operator',
          ['step.\\zsinstall.output'] = 'function',
          ['secret:\\zsdemo'] = 'variable readonly',
        }) do
          assert(at(pattern) == expected, pattern .. ': ' .. at(pattern))
        end"#;
    neovim(&world).run(script, LIMIT);
}

#[test]
fn hints_stand_within_the_text() {
    let world = World::new();
    let recipe = LINKED.replace(
        "command = \"true\"",
        "command = \"echo ${model}\", timeout_secs = 90",
    );
    world.write(
        "train.toml",
        &recipe.replace("token =", "model = \"bert\"\ntoken ="),
    );
    let script = r#"
        open('train.toml')
        vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
        wait('the hints', function()
          local found = {}
          for _, it in ipairs(vim.lsp.inlay_hint.get({ bufnr = 0 })) do table.insert(found, it.inlay_hint.label) end
          return table.concat(found, ',') == '= bert,= 1 minute 30 seconds'
        end)"#;
    neovim(&world).run(script, LIMIT);
}

const LINKED: &str = r#"[recipe]
name = "train"

[variables]
token = "${secret:demo/token}"

[[step]]
id = "install"
ssh_command = { host_id = "gpu-1", command = "true" }

[[step]]
id = "train"
depends_on = ["install"]
ssh_command = { host_id = "gpu-1", command = "echo ${step.install.output}", env = { T = "${secret:demo/token}" } }
"#;

#[test]
fn names_are_followed_and_renamed() {
    let world = World::new();
    world.write("train.toml", LINKED);
    let script = r#"
        open('train.toml')
        press('/step.install<CR>ww')
        wait('the name', function() return vim.fn.expand('<cword>') == 'install' end)
        press('<C-]>')
        wait('the definition', function() return vim.fn.line('.') == 8 end)
        vim.lsp.buf.references()
        wait('the references', function() return #vim.fn.getqflist() == 3 end)
        vim.cmd.cclose()
        vim.lsp.buf.document_highlight()
        wait('the highlights', function()
          local total = 0
          for name, id in pairs(vim.api.nvim_get_namespaces()) do
            if name:find('references', 1, true) then
              total = total + #vim.api.nvim_buf_get_extmarks(0, id, 0, -1, {})
            end
          end
          return total == 3
        end)
        vim.lsp.buf.rename('prepare')
        wait('the new name', function() return text():find('depends_on = ["prepare"]', 1, true) end)
        assert(text():find('${step.prepare.output}', 1, true) and text():find('id = "prepare"', 1, true))
        press('/secret:demo<CR>w')
        vim.lsp.buf.rename('demo/renamed')
        wait('the new secret', function() return not text():find('demo/token', 1, true) end)
        assert(select(2, text():gsub('secret:demo/renamed', '')) == 2, text())
        vim.cmd('silent write')
        vim.fn.search('gpu-1')
        vim.lsp.buf.definition()
        wait('the file of hosts', function() return vim.endswith(vim.fn.expand('%'), 'hosts.toml') end)
        wait('the host', function() return vim.fn.expand('<cWORD>') == '[hosts.gpu-1]' end)"#;
    neovim(&world).run(script, LIMIT);
}

#[test]
fn what_a_recipe_consists_of_is_shown() {
    let world = World::new();
    world.write("train.toml", LINKED);
    let script = r#"
        open('train.toml')
        vim.lsp.buf.document_symbol()
        wait('the symbols', function() return #vim.fn.getloclist(0) + #vim.fn.getqflist() >= 7 end)
        vim.cmd.lclose()
        vim.cmd.cclose()
        vim.fn.setqflist({})
        vim.lsp.buf.workspace_symbol('instl')
        wait('the step', function() return #vim.fn.getqflist() == 1 end)
        vim.cmd.cclose()
        press('gg/id = "install<CR>')
        wait('the step', function() return vim.fn.line('.') == 8 end)
        vim.fn.setqflist({})
        vim.lsp.buf.incoming_calls()
        wait('who needs it', function()
          local found = vim.fn.getqflist()[1]
          return found and found.text == 'train'
        end)"#;
    neovim(&world).run(script, LIMIT);
}

#[test]
fn a_recipe_is_formatted_and_the_cursor_stays() {
    let world = World::new();
    let recipe = "[recipe]\nname=\"train\"\n[[step]]\nid = \"a\"\nssh_command={command='x=1',host_id='gpu-1'}\n";
    world.write("train.toml", recipe);
    let script = r#"
        open('train.toml')
        local patience = 60000
        press('/ssh_comm<CR>')
        wait('the line', function() return vim.fn.line('.') == 5 end)
        local name = { start = { 2, 0 }, ['end'] = { 2, 3 } }
        vim.lsp.buf.format({ range = name, timeout_ms = patience })
        assert(text():find('name = "train"', 1, true) and text():find('ssh_command={', 1, true), text())
        vim.lsp.buf.format({ timeout_ms = patience })
        local line = "ssh_command = { command = 'x=1', host_id = 'gpu-1' }"
        assert(text():find('name = "train"\n\n[[step]]', 1, true) and text():find(line, 1, true), text())
        assert(vim.fn.line('.') == 6, vim.fn.line('.'))
        press('Gonot  toml<Esc>')
        wait('the mistake', function() return text():find('not  toml', 1, true) end)
        local before = text()
        vim.lsp.buf.format({ timeout_ms = patience })
        assert(text() == before, text())"#;
    neovim(&world).run(script, LIMIT);
}

#[test]
fn a_recipe_is_read_from_step_to_step_and_tried_by_a_lens() {
    let world = World::new();
    world.write("train.toml", LINKED);
    let script = r#"
        open('train.toml')
        press('/secret:demo<CR>')
        vim.fn.search('{step.\\zsinstall')
        vim.lsp.buf.declaration()
        wait('the declaration', function() return vim.fn.line('.') == 8 end)
        vim.fn.search('id = "\\zstrain')
        vim.lsp.buf.outgoing_calls()
        wait('what it needs', function()
          local found = vim.fn.getqflist()[1]
          return found and found.text == 'install'
        end)
        vim.cmd.cclose()
        vim.lsp.codelens.refresh({ bufnr = 0 })
        local titles = wait('the lenses', function()
          local found = vim.tbl_map(function(it) return it.command and it.command.title end, vim.lsp.codelens.get(0))
          return #found >= 4 and table.concat(found, ', ')
        end)
        print(titles)
        vim.api.nvim_win_set_cursor(0, { 1, 0 })
        vim.ui.select = function(items, options, choose)
          for index, item in ipairs(items) do
            if options.format_item(item):find('Dry run', 1, true) then return choose(item, index) end
          end
        end
        vim.lsp.codelens.run()
        wait('the text of the dry run', function()
          for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
            local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
            if vim.endswith(vim.api.nvim_buf_get_name(buffer), 'dry-run.txt') and #lines > 1 then return true end
          end
        end)"#;
    let printed = neovim(&world).run(script, LIMIT);
    assert!(printed.contains("Run recipe"), "{printed}");
}

#[test]
fn settings_count_from_the_moment_they_are_made() {
    let world = World::new();
    world.write(
        "train.toml",
        &LINKED.replace("token =", "unused = \"1\"\ntoken ="),
    );
    let script = r#"
        open('train.toml')
        wait('the mistake', function() return mistakes('unused-variable')[1] end)
        local client = vim.lsp.get_clients({ bufnr = 0 })[1]
        client.notify('workspace/didChangeConfiguration', { settings = { levels = { ['unused-variable'] = 'off' } } })
        wait('peace', function() return #mistakes('unused-variable') == 0 end)"#;
    neovim(&world).run(script, LIMIT);
}
