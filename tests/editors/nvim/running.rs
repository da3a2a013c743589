//! Runs and what the keychain holds, from within Neovim.

use std::fs;

use testkit::Program;

use super::{INSTALL, neovim, traffic};
use crate::world::{CANARY, LIMIT, World, credential};

const WRITE: &str = r#"[recipe]
name = "train"

[[step]]
id = "write"
ssh_command = { host_id = "gpu-1", env = { TOKEN = "${secret:demo/token}" }, command = "printf %s \"$TOKEN\" | sha256sum > written; echo said $TOKEN" }
"#;

/// `printf %s canary-4f1d9c7e-made-up | sha256sum`
const SHA256_OF_CANARY: &str = "c76f025c47eefc1eee7e1921ef1baf42900d081b8e03e2343403f9da6ebe4627";

/// Asserts that the recipe [`WRITE`] has run on the host, and that its secret went past the editor.
#[track_caller]
fn assert_written(world: &World, printed: &str) {
    let written = fs::read_to_string(world.sshd.home("bash").join("written"));
    let written =
        written.unwrap_or_else(|error| panic!("nothing was written ({error}):\n{printed}"));
    assert_eq!(written.split(' ').next(), Some(SHA256_OF_CANARY));
    let traffic = traffic(world);
    assert!(traffic.contains("doppio.run"), "the log holds the traffic");
    assert!(!traffic.contains(CANARY), "the value is in the traffic");
}

#[test]
fn a_recipe_runs_from_the_editor_down_to_a_file_on_the_host() {
    let world = World::new();
    world.write("train.toml", WRITE);
    let script = r#"
        open('train.toml')
        act('Run recipe')
        print(wait('the question', ended))
        act('Approve and run: 1 host, 1 secret')
        print(wait('the run to end', ended))"#;
    let printed = neovim(&world).run(script, LIMIT);
    assert!(
        printed.contains("On gpu-1, which gets the secret demo/token:"),
        "{printed}"
    );
    assert_written(&world, &printed);
    assert!(world.doppio(&["runs"]).contains("train"));
}

#[test]
fn an_unknown_host_is_trusted_and_the_recipe_run_by_an_action() {
    let world = World::new();
    world.write("train.toml", WRITE);
    world.write(".ssh/known_hosts", "");
    let script = r#"
        open('train.toml')
        act('Run recipe')
        print(wait('the question', ended))
        act('Approve and run')
        print(wait('the refusal', ended))
        act('Trust host key SHA256:')
        print(wait('the run to end', ended))"#;
    let printed = neovim(&world).run(script, LIMIT);
    assert_written(&world, &printed);
}

#[test]
fn recipes_runs_secrets_and_hosts_are_there_for_any_client() {
    let world = World::new();
    world.write("work/train.recipe.toml", WRITE);
    world.write("work/other.toml", INSTALL);
    // A client that says it shows them is told of changes, and asks again then.
    let setup = r#"
        heard = {}
        for _, topic in ipairs({ 'recipes', 'runs', 'secrets', 'hosts' }) do
          vim.lsp.handlers['doppio/' .. topic .. '/didChange'] = function() heard[topic] = true end
        end
        local capabilities = vim.lsp.protocol.make_client_capabilities()
        capabilities.experimental = { doppio = { panels = true } }
        vim.cmd.cd('work')
        vim.cmd.edit('train.recipe.toml')
        local id = vim.lsp.start({ name = 'doppio', cmd = { 'doppio', 'lsp' }, root_dir = vim.fn.getcwd(), capabilities = capabilities })
        local client = vim.lsp.get_client_by_id(id)
        wait('the server', function() return client.initialized end)

        -- Asks once, and again when something changed, until the answer is as it should be.
        function ask(topic, is_it)
          local answer
          wait('a good answer about ' .. topic, function()
            if answer and is_it(answer) then return true end
            if answer and not heard[topic] then return false end
            heard[topic] = false
            local reply = client.request_sync('doppio/' .. topic, vim.empty_dict(), 30000, 0)
            assert(reply and not reply.err, vim.inspect(reply))
            answer = reply.result
            return is_it(answer)
          end)
          return answer
        end
        local recipes = ask('recipes', function(it) return #it.recipes == 2 and not it.scanning end)
        print(recipes.recipes[2].name, recipes.recipes[2].steps[1].id)
        local secrets = ask('secrets', function(it) return it.state == 'ready' and #it.entries == 1 and #it.entries[1].uses == 1 end)
        print(secrets.entries[1].name, secrets.entries[1].uses[1].range.start.line)
        local hosts = ask('hosts', function(it) return #it.hosts >= 2 end)
        print(hosts.hosts[2].id)
        assert(#ask('runs', function() return true end).runs == 0)
        vim.system({ 'doppio', 'run', '--yes', 'train.recipe.toml' })
        local runs = ask('runs', function(it) return it.runs[1] and it.runs[1].status == 'success' end)
        print(runs.runs[1].steps[1].id .. ' ' .. runs.runs[1].steps[1].status)"#;
    let printed = world
        .editor(Program::Neovim, "vim.lsp.set_log_level('trace')")
        .run(setup, LIMIT);
    for line in ["train write", "demo/token 5", "gpu-1", "write success"] {
        assert!(printed.contains(line), "no {line}:\n{printed}");
    }
    assert!(!traffic(&world).contains(CANARY));
}

#[test]
fn a_credential_moves_into_the_keychain() {
    let world = World::new();
    let value = credential();
    let recipe = INSTALL.replace("\"true\"", &format!("\"HF_TOKEN={value} true\""));
    world.write("train.toml", &recipe);
    let script = r#"
        open('train.toml')
        wait('the mistake', function() return mistakes('hard-coded-credential')[1] end)
        vim.fn.search('hf_')
        act('Move')
        local name = wait('the reference', function() return text():match('HF_TOKEN=${secret:([%w/_-]+)} true') end)
        print('stored as <' .. name .. '>')"#;
    let printed = neovim(&world).run(script, LIMIT);
    let name = printed.split(['<', '>']).nth(1).expect("a name");
    assert_eq!(world.keyring.lookup(name), Some(value), "{printed}");
}
