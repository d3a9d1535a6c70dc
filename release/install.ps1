# 不用网络安装：在 PowerShell 中 powershell -ExecutionPolicy Bypass -File install.ps1 [安装到哪个文件夹]
param([string]$Target = (Join-Path $HOME "bulletin"))
$ErrorActionPreference = "Stop"
$wanted = (Get-Content (Join-Path $PSScriptRoot "python-version")).Trim()
$python = if ($env:PYTHON) { @($env:PYTHON) } elseif (Get-Command py -ErrorAction SilentlyContinue) { @("py", "-$wanted") } else { @("python") }
$exe = $python[0]
$first = @($python | Select-Object -Skip 1)
$found = & $exe @first -c "import sys; print('%d.%d' % sys.version_info[:2])"
if ($LASTEXITCODE -ne 0 -or $found -ne $wanted) {
    Write-Error "请先安装 Python $wanted（64位）；装在别处的，先设环境变量 PYTHON 为 python.exe 的路径。"
    exit 1
}
& $exe @first -m venv $Target
if ($LASTEXITCODE -ne 0) { exit 1 }
$own = Join-Path $Target "Scripts\python.exe"
& $own -m pip install --quiet --disable-pip-version-check --no-index --find-links (Join-Path $PSScriptRoot "wheels") --require-hashes --no-deps -r (Join-Path $PSScriptRoot "requirements.txt")
if ($LASTEXITCODE -ne 0) { exit 1 }
& $own -m pip check
if ($LASTEXITCODE -ne 0) { exit 1 }
$bulletin = Join-Path $Target "Scripts\bulletin.exe"
& $bulletin --help | Out-Null
if ($LASTEXITCODE -ne 0) { exit 1 }
Write-Output "已安装到 $Target。运行：$bulletin --help"
Write-Output "先看演示：$bulletin demo 演示"
