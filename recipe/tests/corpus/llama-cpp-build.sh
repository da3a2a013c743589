git clone --depth 1 https://github.com/ggml-org/llama.cpp || git -C llama.cpp pull --ff-only
cmake -S llama.cpp -B llama.cpp/build -DGGML_CUDA=ON -DCMAKE_BUILD_TYPE=Release
cmake --build llama.cpp/build --config Release -j "$(nproc)"
ls -l llama.cpp/build/bin/llama-cli
