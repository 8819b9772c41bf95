; Installer for Windows, per machine. Compiled on Debian too (package nsis):
;   makensis -DVERSION=X.Y.Z -DPROGRAM=folder -DMODELS=folder -DOUT=whyflag_X.Y.Z_x64.exe whyflag.nsi
; PROGRAM is the folder that PyInstaller made on Windows, MODELS the model pack's. See README.md for what was not tried.
Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
RequestExecutionLevel admin

!include MUI2.nsh
!include x64.nsh

!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\whyflag"

Name "whyflag ${VERSION}"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\whyflag"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "whyflag"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Installer of whyflag"
VIAddVersionKey LegalCopyright "Apache License 2.0"

!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_NOAUTOCLOSE
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString STAYS ${LANG_ENGLISH} "Stores stay where users put them; models, keys and settings of a user stay in %LOCALAPPDATA%\whyflag."
LangString STAYS ${LANG_GERMAN} "Speicher bleiben, wo sie angelegt wurden; Modelle, Schlüssel und Einstellungen bleiben in %LOCALAPPDATA%\whyflag."
LangString ONLY64 ${LANG_ENGLISH} "whyflag needs 64 bit Windows."
LangString ONLY64 ${LANG_GERMAN} "whyflag braucht ein Windows mit 64 Bit."

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_ICONSTOP "$(ONLY64)"
    Abort
  ${EndIf}
  SetRegView 64
FunctionEnd

Function un.onInit
  SetRegView 64
FunctionEnd

; An upgrade replaces the program whole: a file of an older version beside a newer one is what nobody tested.
Section "whyflag"
  SetShellVarContext all
  RMDir /r "$INSTDIR\lib"
  SetOutPath "$INSTDIR"
  File /r "${PROGRAM}\*"
  SetOutPath "$INSTDIR\models"
  File /r "${MODELS}\*"
  SetOutPath "$INSTDIR" ; a shortcut starts there
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\whyflag.lnk" "$INSTDIR\whyflag.exe"
  WriteRegStr HKLM "${ENTRY}" "DisplayName" "whyflag"
  WriteRegStr HKLM "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKLM "${ENTRY}" "NoRepair" 1
SectionEnd

; Removes what was installed and nothing else: were $INSTDIR itself removed whole, a wrong folder would go with it.
Section "Uninstall"
  SetShellVarContext all
  RMDir /r "$INSTDIR\lib"
  RMDir /r "$INSTDIR\models"
  Delete "$INSTDIR\whyflag.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\whyflag.lnk"
  DeleteRegKey HKLM "${ENTRY}"
  DetailPrint "$(STAYS)"
SectionEnd
